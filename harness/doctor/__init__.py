"""The doctor: what is wrong with a client can often be read in its file. Checks are one file each, in `checks/`.

A check looks at one stack of layers and says what is wrong, with the arithmetic (`figures`); what it claims, the
simulator can be asked to show (`proving`).
"""
