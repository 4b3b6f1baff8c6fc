songs = ["Levels", "Halo", "Yellow", "Toxic", "Hello", "Thunder"]
print(songs[:3])
print(songs[-2:])
print(songs[1:5:2])
print(songs[::-1][0])
print("Halo" in songs, "Roar" in songs)
word = songs[5]
print(word[0], word[-1], word[2:5], word[::-1])
