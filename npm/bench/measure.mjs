// What the benchmarks of this folder share: batches in turns, and one JSON line for each comparison.

export const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/**
 * Runs `requests` calls, `inFlight` at a time, and tells what one cost. `cpu` gives the CPU time so far, in µs.
 */
export const batch = async (call, { requests, inFlight }, cpu) => {
  const latencies = [];
  const worker = async (count) => {
    for (let i = 0; i < count; i += 1) {
      const started = performance.now();
      await call();
      latencies.push(performance.now() - started);
    }
  };
  const before = cpu();
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, () => worker(Math.ceil(requests / inFlight))));
  const ms = performance.now() - started;
  const used = cpu() - before;
  latencies.sort((a, b) => a - b);
  return {
    cpu_us_per_request: used / latencies.length,
    requests_per_second: (latencies.length * 1000) / ms,
    p50_ms: latencies[latencies.length >> 1],
    p99_ms: latencies[Math.floor(latencies.length * 0.99)],
    wall_ms: ms,
  };
};

/**
 * Runs `measure(contender)` for each contender in turns, `rounds` times after one to warm up; in every round another one begins. The first contender is ours:
 * it is compared with each of the others in each of `metrics`.
 * @param contenders `{ name: value }`
 */
export const compare = async (name, contenders, measure, { rounds, metrics, warmUp = true }) => {
  const names = Object.keys(contenders);
  const found = Object.fromEntries(names.map((contender) => [contender, []]));
  if (warmUp) for (const contender of names) await measure(contenders[contender]);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const contender = names[(round + turn) % names.length];
      found[contender].push(await measure(contenders[contender]));
    }
  }
  const [own, ...peers] = names;
  for (const peer of peers) {
    for (const metric of metrics) {
      const ours = found[own].map((cost) => cost[metric]);
      const theirs = found[peer].map((cost) => cost[metric]);
      // The ratios are made within a round: what slows the machine down for a while slows both.
      const ratio = median(ours.map((value, round) => value / theirs[round]));
      console.log(
        JSON.stringify({ case: name, metric, ours: median([...ours]), peer, theirs: median([...theirs]), ratio }),
      );
    }
  }
};
