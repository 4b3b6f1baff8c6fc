team1 = ["Ali", "Mia", "Jo"]
team2 = team1
team2.append("Max")
team3 = team1[:]
team3[0] = "Eva"
team1 += ["Zoe"]
print(team1)
print(team2)
print(*team3, sep=", ", end="!\n")
print(len(team1) == len(team2), team1 is team3)
