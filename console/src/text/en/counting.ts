export const count = new Intl.NumberFormat('en');
export const some = (n: number, one: string, many: string) => `${count.format(n)} ${n === 1 ? one : many}`;
