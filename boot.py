"""Puts /lib before the modules frozen into the image, for those verify no certificate.

Nothing else belongs here: when boot.py raises, main.py is not run.
"""

import sys

while "/lib" in sys.path:
    sys.path.remove("/lib")
sys.path.insert(0, "/lib")
