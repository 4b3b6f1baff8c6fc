# stdin: ["  maria garcia lopez ", "7"]
nombre = input("Nombre: ").strip()
clase = int(input("Clase: "))
partes = nombre.title().split()
iniciales = ""
for p in partes:
    iniciales += p[0] + "."
print(f"{partes[-1]}, {partes[0]} ({clase:03d})")
print(iniciales)
print(nombre.find("garcia"), nombre.count("a"), nombre.find("z", 5), nombre.index("o"))
