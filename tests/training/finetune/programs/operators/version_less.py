class Version:
    def __init__(self, major, minor):
        self.major = major
        self.minor = minor

    def __lt__(self, other):
        if self.major == other.major:
            return self.minor < other.minor
        return self.major < other.major


print(Version(1, 2) < Version(1, 5))
