# Tidy up my phone
files = ["IMG_7.jpg", "song.mp3", "IMG_12.JPG", "notes.txt", "IMG_x.jpg"]
photos = []

for f in files:
    if not f.lower().endswith(".jpg"):
        continue
    if f.startswith("IMG_"):
        dot = f.find(".")
        number = f[4:dot]
        if number.isdigit():
            photos.append(f"holiday_{int(number):03d}.jpg")
        else:
            photos.append(f.replace("IMG", "odd"))

print(*photos, sep="\n")
print("Kept", len(files) - len(photos), "other files")
