import threading

done = []

def work(n):
    total = 0
    for i in range(n):
        total += i
    done.append(total)

worker = threading.Thread(target=work, args=(4,))
worker.start(); worker.join()
work(2)
print(done)
