titles = ["intro", "loops"]
for title in titles:
    print(title.center(11, "-"))
