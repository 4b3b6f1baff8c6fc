for word in ["fig", "banana", "kiwi"]:
    print(f"{word:<8}{len(word):>2}")
