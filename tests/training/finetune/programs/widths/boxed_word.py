word = "python"
line = f"| {word:^10} |"
edge = "-" * len(line)
print(edge)
print(line)
print(edge)
