# school kiosk
precios = {"agua": 1.0, "bocadillo": 2.8, "manzana": 0.6}
pedido = ["bocadillo", "manzana", "Agua"]

suma = 0
for cosa in pedido:
    suma += precios[cosa]
    print(cosa, "ok, suma =", round(suma, 2))

print("Total:", suma)
