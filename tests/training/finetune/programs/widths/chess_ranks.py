def rank_line(name, rating, width=9):
    return name.ljust(width) + str(rating).rjust(5)


print(rank_line("Judit", 2735))
print(rank_line("Magnus", 2882))
print(rank_line("Vi", 1990, 5))
