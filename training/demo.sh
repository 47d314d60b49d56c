#!/bin/sh
# The demo: the whole path by the same commands that a user would type, on a real and on a simulated cohort.
set -eu
bin=$1
started=$(date +%s)

run() {
    printf '\n$ therapport %s\n' "$*"
    "$bin/therapport" "$@"
}

whole_path() {
    name=$1
    folder=demo/$name
    cohort=$2
    run check "$folder/study.toml"
    run compare "$folder/study.toml"
    run promote "$name"
    run score "models:/$name@champion" "$folder/$cohort" --codebook "$folder/codebook.toml" -o "$folder/scores" --overwrite
    run report "models:/$name@champion" -o "$folder/report.html" --overwrite
}

echo "1. A real cohort: the Beat the Blues trial of computerised CBT, 100 patients."
run examples btheb -o demo/btheb --overwrite
whole_path btheb cohort.csv

printf '\n2. A SIMULATED cohort with all six families: 4,000 patients, 80 therapists, 8 sites. Nobody in it exists.\n'
run simulate --patients 4000 --seed 1 -o demo/simulated --overwrite
whole_path simulated cohort.parquet

cat <<END

Done in $(($(date +%s) - started)) seconds.

  Reports   demo/btheb/report.html and demo/simulated/report.html: open them in a browser
  Answers   demo/btheb/scores/ and demo/simulated/scores/: one row per patient, families included
  Runs      mlruns/: the candidates side by side, and the registered champions
  Card      therapport card models:/simulated@champion -o card.html: the model card with the TRIPOD+AI checklist

Next
  make ui       compare the candidates in the MLflow UI
  make serve    ask the champions: API and patient page
  Your own cohort: change the three files in demo/btheb and run therapport check, compare, promote, score, report.
END
