"""`time` as on the chip: the epoch is 2000-01-01, `ticks_ms` wraps, and sleeping may be skipped on the desk."""

import clock
import utime
import wire

ticks_ms = clock.ticks_ms
ticks_add = clock.ticks_add
ticks_diff = clock.ticks_diff
ticks_us = utime.ticks_us
ticks_cpu = utime.ticks_cpu
sleep_us = utime.sleep_us


def time():
    return clock.date_ms() // 1000


def time_ns():
    return clock.date_ms() * 1000000


def gmtime(secs=None):
    if secs is None:
        secs = time()
    return utime.gmtime(secs + clock.EPOCH_2000_S)[:8]


localtime = gmtime


def mktime(local_time):
    return utime.mktime(tuple(list(local_time)[:6] + [0, 0, 0])) - clock.EPOCH_2000_S


def sleep_ms(ms):
    if wire.skips_idle:
        clock.skip(ms)
        wire.ask("tick")
    elif ms > 0:
        utime.sleep_ms(int(ms))


def sleep(seconds):
    sleep_ms(int(seconds * 1000))
