def pairs_up(values):
    rises = 0
    for i in range(len(values)):
        if values[i] < values[i + 1]:
            rises += 1
            print(values[i], "<", values[i + 1])
    return rises


temps = [12, 15, 11, 14]
print("checking", len(temps), "values")
print("rises:", pairs_up(temps))
