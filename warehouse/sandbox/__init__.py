"""SQL by strangers on a published snapshot: one select each, in a child process of its own that nothing outlives.

A worker asks a keeper (`pool`), which has the snapshot open and forks a child for every query (`keeper`). The child
gives up all it does not need (`confinement`), refuses what is not on the lists (`gate`, `allowed`), and answers with
rows of plain values (`selecting`).
"""
