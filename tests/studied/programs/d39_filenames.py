# Exercise 39: startswith, endswith, find
files = ["report.txt", "photo_01.png", "photo_02.jpg", "notes.txt"]

photos = [f for f in files if f.startswith("photo")]
print("Photos:", photos)

for f in files:
    dot = f.find(".")
    name, ext = f[:dot], f[dot + 1:]
    if f.endswith(".txt"):
        print(name.title(), "is a text file")
    elif ext == "png":
        print(name.replace("_", " "), "is a picture")
    else:
        print(f"{ext.upper()}?")
