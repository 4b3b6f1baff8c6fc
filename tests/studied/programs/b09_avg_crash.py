# average of grades per subject
grades = {"maths": [2, 3, 1], "english": [4, 2], "sport": []}

def average(nums):
    total = 0
    for n in nums:
        total += n
    return total / len(nums)

for subject in grades:
    print(subject, round(average(grades[subject]), 2))
print("done")
