# Exercise 50 (final project): a tiny library
library = {}
loans = {}


def add_book(title, author, copies=1):
    book = library.setdefault(title, {"author": author, "copies": 0})
    book["copies"] += copies


def borrow(member, *titles):
    for title in titles:
        if title not in library:
            raise KeyError(title)
        if library[title]["copies"] == 0:
            print(f"  {title} is out")
            continue
        library[title]["copies"] -= 1
        loans.setdefault(member, set()).add(title)


def give_back(member, title):
    loans[member].remove(title)
    library[title]["copies"] += 1
    if not loans[member]:
        del loans[member]


add_book("Emma", "Austen")
add_book("Dracula", "Stoker", copies=2)
add_book("Emma", "Austen")

borrow("Ann", "Emma", "Dracula")
borrow("Bo", "Dracula")
borrow("Cy", "Dracula", "Emma")
give_back("Bo", "Dracula")

try:
    borrow("Ann", "Dune")
except KeyError as missing:
    print("Unknown book:", missing)

for member in sorted(loans):
    print(member, "has", sorted(loans[member]))
for title, book in library.items():
    print(f"{title:<8}{book['copies']:02d} {book['author'][:3].upper()}")
