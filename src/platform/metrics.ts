/** Prometheus metrics, one registry a process, scraped at /metrics. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export const metrics = new Registry();
collectDefaultMetrics({ register: metrics, prefix: 'huiquan_' });

export const httpSeconds = new Histogram({
  name: 'huiquan_http_request_seconds',
  help: 'Time to answer, by route template and status class',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  registers: [metrics],
});

export const jobsDone = new Counter({
  name: 'huiquan_jobs_total',
  help: 'Jobs run, by task and result',
  labelNames: ['task', 'result'] as const,
  registers: [metrics],
});

export const transitionsDone = new Counter({
  name: 'huiquan_transitions_total',
  help: 'Life-cycle transitions committed, by process and transition',
  labelNames: ['process', 'transition'] as const,
  registers: [metrics],
});
