/** A simulated year in a process of its own: what it is to be, as JSON, is the argument; what there was of it is printed. */
import { liveYear, type YearInput } from './live-year.ts';

process.stdout.write(await liveYear(JSON.parse(process.argv[2] ?? '') as YearInput));
