# tags: strings functions lists
def move(command):
    match command.split():
        case ["go", direction]:
            return "going " + direction
        case ["take", thing, *rest]:
            return f"taking {thing} and {len(rest)} more"
        case []:
            return "say something"
        case _:
            return "what?"

for text in ["go north", "take lamp key", "", "dance"]:
    print(move(text))
