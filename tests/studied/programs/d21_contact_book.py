# Exercise 21: contact book (a dictionary of dictionaries)
contacts = {
    "Nina": {"phone": "555-0101", "city": "Leeds"},
    "Raj": {"phone": "555-0177", "city": "York"},
}

# add a contact
contacts["Sam"] = {"phone": "555-0142"}

# change a contact
contacts["Raj"]["city"] = "Hull"

# delete a contact
removed = contacts.pop("Nina")
print("Removed:", removed["phone"])

for name, info in contacts.items():
    city = info.get("city", "unknown")
    print(f"{name}: {info['phone']} ({city})")

print(contacts.get("Nina"))
print("Sam" in contacts, list(contacts.keys()))
