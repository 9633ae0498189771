"""What is done to a board at the end of a cable: flash, deploy, and what can go wrong with a port."""
