/** Plain data: all that a world may hold. No classes, Map, Set, Date, functions or undefined. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
