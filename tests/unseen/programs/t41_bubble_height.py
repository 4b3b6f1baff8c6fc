# Sort the class by height, like bubbles in a glass
def bubble_sort(numbers):
    swaps = 0
    n = len(numbers)
    for end in range(n - 1, 0, -1):
        changed = False
        for i in range(end):
            if numbers[i] > numbers[i + 1]:
                numbers[i], numbers[i + 1] = numbers[i + 1], numbers[i]
                swaps += 1
                changed = True
        print(numbers)
        if not changed:
            break
    return swaps


heights = [171, 158, 183, 165, 169]
backup = list(heights)
s = bubble_sort(heights)
print("Swaps:", s)
print("Tallest:", heights[-1])
print("Start was", backup)
print("Already sorted:", bubble_sort([1, 2, 3]))
