# music player with skip counter
skips = 0

def play(songs, start=0):
    i = start
    while True:
        yield songs[i % len(songs)]
        i += 1

def skip(player):
    global skips
    skips += 1
    return next(player)

titles = ["Intro", "Hey Ya", "Dakiti"]
lengths = dict(zip(titles, [30, 235, 205]))
p = play(titles, 1)
now = next(p)
print("now:", now)
while lengths[now] > 60:
    now = skip(p)
    print("skip to", now)
print("skips:", skips)
for t in reversed(titles):
    print(t, end=" / ")
print()
print(next(p), set(titles) == set(lengths))
