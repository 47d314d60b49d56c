"""Long trials: what the intervals and the choice between candidates do in hundreds of simulated studies.

`settings` says which studies are simulated, `learned` fits one of them and looks at new patients of new therapists,
`coverage`, `conformal_coverage`, `no_difference` and `choices` hold what the study said against that. Each study is
kept in a file of its own once it is fitted (`store`), so that a trial can be stopped and taken up again.
"""
