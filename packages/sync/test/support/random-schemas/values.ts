/**
 * SQL of an e-mail address with this number, for personal columns; behind it what is hard to carry. The second one is empty.
 * @param number an SQL expression
 */
export function textValue(number: string, tag: string): string {
  const behind = String.raw`(ARRAY['', ' "q" \ ''x''', E'\ttab\r\nline', ' Ä漢🎈', ' \N'])[1 + (${number}) % 5]`;
  return `CASE WHEN ${number} = 2 THEN '' ELSE 'Person.' || ${number} || '@${tag}.example' || ${behind} END`;
}
