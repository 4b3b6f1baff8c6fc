# tags: lists for
values = [12, 45, 7, 45, 30]
largest = second = None
for v in values:
    if largest is None or v > largest:
        second = largest
        largest = v
    elif v != largest and (second is None or v > second):
        second = v
print("largest:", largest)
print("second:", second)
