"""Random numbers of the world's own, from a seed, so that what the firmware draws changes nothing in them."""


class Dice:
    """xorshift32 (Marsaglia, 2003): small, and the same everywhere."""

    def __init__(self, seed):
        self._state = (seed * 2654435761 + 0x9E3779B9) & 0xFFFFFFFF or 1
        for _ in range(8):
            self.bits(32)

    def bits(self, count):
        """A number of `count` bits, 32 at most."""
        state = self._state
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        self._state = state
        return state >> 32 - count

    def below(self, limit):
        """A whole number from 0 up to but not including `limit`."""
        return self.bits(31) % limit

    def between(self, first, last):
        """A whole number from `first` to `last`, both included."""
        return first + self.below(last - first + 1)

    def of(self, choices):
        """One of a sequence."""
        return choices[self.below(len(choices))]

    def chance(self, percent):
        """True in so many of a hundred cases."""
        return self.below(100) < percent

    def span_ms(self, shortest_ms, longest_ms):
        """A span of time, as likely to be short as long on a logarithmic scale."""
        doublings, span_ms = 0, shortest_ms
        while span_ms < longest_ms:
            doublings, span_ms = doublings + 1, span_ms * 2
        low_ms = shortest_ms << self.below(max(1, doublings))
        return min(low_ms + self.below(low_ms), longest_ms)
