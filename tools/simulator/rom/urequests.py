"""The `urequests` that official images freeze: a forwarder to `requests`, which verifies no certificate."""

from requests import *  # noqa: F403 - as in the image
