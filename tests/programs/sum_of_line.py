# tags: input lists comprehensions
# stdin: ["3 4 5", "2"]
numbers = [int(x) for x in input().split()]
k = int(input())
print(sum(numbers) * k)
print(max(numbers) - min(numbers))
