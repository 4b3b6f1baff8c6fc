cells = 50
limit = 1000
minutes = 0

while cells < limit:
    print("after", minutes, "min:", cells, "cells")
    cells = cells * 2
    minutes += 20
print("over the limit after", minutes, "minutes")
print("cells now", cells)
