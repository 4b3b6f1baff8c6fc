samples = ["s1", "s2", "s3", "s4"]
# print each with the next one
i = 0
while i < len(samples):
    print(samples[i], "-", samples[i + 1])
    i += 1
print("done")
