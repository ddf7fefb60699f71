#!/usr/bin/env bash
#SBATCH --job-name=splitsr
#SBATCH --array=1-8
#SBATCH --cpus-per-task=2
#SBATCH --requeue
#
# Enlarges a folder by a Slurm job array, in as many shares as the array has tasks:
#
#   sbatch --array=1-16 deploy/slurm.sh PICTURES RESULTS [OPTION OF splitsr upscale...]
#
# A task that is killed goes on where it stopped when it is submitted again. For single tasks, say how many there were:
#
#   SHARDS=16 sbatch --array=3,7 deploy/slurm.sh PICTURES RESULTS
set -euo pipefail

if [ $# -lt 2 ] || [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
  # Not `$0`: Slurm runs a copy of this file.
  echo "usage: sbatch [--array=1-N] deploy/slurm.sh PICTURES RESULTS [OPTION...]" >&2
  exit 2
fi
pictures=$1 results=$2
shift 2
# Not every cluster binds a task to its processors.
export RAYON_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}
exec "${SPLITSR:-splitsr}" upscale "$pictures" -o "$results" --recursive --resume \
  --shard "$SLURM_ARRAY_TASK_ID/${SHARDS:-$SLURM_ARRAY_TASK_COUNT}" "$@"
