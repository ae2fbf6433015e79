#!/usr/bin/env bash
#SBATCH --job-name=grade
#SBATCH --array=1-4
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --output=grade-%A-%a.log
#SBATCH --requeue
#
# Grades a class on several nodes that share their files:
#
#   sbatch --array=1-4 slurm.sh SUBMISSIONS OUT [OPTION…]
#
# in the course's folder, where `cargo build -p grader -p checks` was run before. Each task grades
# its share into OUT/part-N, and goes on from there if it is started again. To start a single one
# again, say how many there are: PARTITIONS=4 sbatch --array=3 slurm.sh …
#
# The payloads of all tasks follow from the key in OUT/key, which the first of them makes.
set -euo pipefail

if (($# < 2)); then
  echo "usage: sbatch --array=1-N slurm.sh SUBMISSIONS OUT [OPTION…]" >&2
  exit 2
fi
submissions=$1 out=$2
shift 2

share=${SLURM_ARRAY_TASK_ID:?start it with sbatch --array=1-N}
count=${PARTITIONS:-${SLURM_ARRAY_TASK_COUNT:?start it with sbatch --array=1-N}}
# Slurm runs a copy of this script, so the course is where sbatch was called.
grader=${GRADER:-${SLURM_SUBMIT_DIR:-.}/target/debug/grader}

mkdir -p "$out"
exec "$grader" grade "$submissions" --out "$out/part-$share" \
  --partition "$share/$count" --key "$out/key" --resume "$@"
