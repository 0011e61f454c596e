/** The id of an answer, with digits that the server sets anew for each: no two answers of a provider have the same. */
export const ID = "chatcmpl-D8Z5oo6uDh67AD85p73ks00000000";
export const ID_DIGITS = 8;
