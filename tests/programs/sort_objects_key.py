# tags: classes sorting lambdas
class Movie:
    def __init__(self, title, year):
        self.title = title
        self.year = year

movies = [Movie("Up", 2009), Movie("Jaws", 1975), Movie("Coco", 2017)]
movies.sort(key=lambda m: m.year)
print([m.title for m in movies])
movies.sort(key=lambda m: (len(m.title), m.title))
print([m.title for m in movies])
