"""One study at several landmarks: who is still in treatment at each, and one comparison for each.

`at_risk_table` is what a study says of it, `at_risk` finds the patients, `designs` reads all landmarks and tells every
problem at once, `saved` says where predictors go, `overview` sets the landmarks side by side.
"""
