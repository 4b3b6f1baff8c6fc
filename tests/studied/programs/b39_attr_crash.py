class Song:
    def __init__(self, title, artist, secs):
        self.title = title
        self.artist = artist
        self.secs = secs

songs = [Song("Halo", "Beyonce", 261), Song("Zombie", "Cranberries", 306)]
total = 0
for s in songs:
    m = s.secs // 60
    rest = s.secs % 60
    print(f"{s.title} {m}:{rest:02d}")
    total += s.secs
print("all together", total // 60, "min")
print("first artist:", songs[0].artits)
