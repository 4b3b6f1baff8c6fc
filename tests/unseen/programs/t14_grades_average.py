grades = [2, 1, 3, 2, 4, 1]

average = sum(grades) / len(grades)
print("Average:", round(average, 2))
print("Best:", min(grades), "Worst:", max(grades))
print("How many 1s:", grades.count(1))
grades.sort()
print(grades)
middle = (grades[2] + grades[3]) / 2
print("Median:", middle)
