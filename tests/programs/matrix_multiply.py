# tags: nested-lists functions for
def matmul(A, B):
    n, m, p = len(A), len(B), len(B[0])
    C = [[0 for _ in range(p)] for _ in range(n)]
    for i in range(n):
        for j in range(p):
            for k in range(m):
                C[i][j] += A[i][k] * B[k][j]
    return C

print(matmul([[1, 2], [3, 4]], [[5, 6], [7, 8]]))
