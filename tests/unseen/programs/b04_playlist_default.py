def addSong(song, playlist=[]):
    playlist.append(song)
    return playlist


rock = addSong("Thunder")
pop = addSong("Levitating")
chill = addSong("Ocean Eyes", ["Riptide"])

print("Rock:", rock)
print("Pop:", pop)
print("Chill:", chill)
print(rock == pop, rock is pop)
