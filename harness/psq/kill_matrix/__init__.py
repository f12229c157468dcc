"""psq kill-matrix: does the suite find every deliberate fault, at the clause that the fault breaks?"""
