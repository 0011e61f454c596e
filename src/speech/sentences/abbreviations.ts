/** A set of words from text, one blank between two. */
/* @__NO_SIDE_EFFECTS__ */
function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

/** Stand before a name: the full stop after them never ends a sentence. In lower case, without the last full stop. */
export const TITLES = words(
  `mr mrs ms mx dr drs prof gen sen rep gov capt lt col sgt cpl pvt maj cmdr adm rev hon pres supt det insp messrs mme mlle
   sr sra srta dra dott sig fr hr frau ing dipl lic avv arq`,
);

/** Titles that are written in lower case as well, before a name. */
export const SMALL_TITLES = words("dr prof sig mevr dhr lic avv");

/** Of which faculty a doctor is: `Dr. med. Müller`. */
export const FACULTIES = words("med phil jur rer nat pol oec habil dent vet theol");

/** Stand before a name as often as after one: Saint, Mount, Fort, and their streets. */
export const PLACES = words("st mt ft ste av ul jl fa ул пр пл им");

/** Stand before a number: `No. 5`, `p. 55`, `Fig. 3`. */
export const BEFORE_NUMBERS = words(
  "no nos nr n° nº p pp pg pgs vol vols fig figs art sec sect ch chap eq eqs ex par para ver v tab abb bd kap ref pop abs kl godz рис стр гл ст",
);

/** Always followed by what they introduce. */
export const INTRODUCING = words(
  "e.g i.e eg ie vs cf viz v.s z.b d.h u.a bzw bspw vgl sog z.t u.u p.ej i.a namely resp ca c.f ggf evtl inkl zzgl np tzn m.in tzv např popř bijv d.w.z m.a.w bl.a t.ex d.v.s esim т.е т.к напр",
);

/** Often the last word of a sentence: whatever begins with a capital letter after them begins a sentence. */
export const CLOSING = words(
  "etc usw usf ecc al ibid jan feb mar apr jun jul aug sep sept oct nov dec jän mrz okt dez",
);

/** Other shortened words: a sentence ends with them where one begins with an everyday word after them. */
export const SHORTENED = words(
  `inc ltd co corp llc plc bros jr esq assn dept univ govt intl est approx appt apt ave blvd rd ln hwy pkwy mon tue
   tues wed thu thur thurs fri sat sun min max avg temp tel ext misc orig ed eds trans lb lbs oz sq cu gal doz hrs hr mins
   secs yr yrs mo mos wk pt pts qt ph.d m.d b.a m.a b.sc m.sc d.d.s cie gmbh str`,
);

/** Names that are written with an exclamation mark. */
export const EXCLAIMED = words("yahoo jeopardy wham yum");

/** Days, months and time zones follow a time of day within its sentence. */
export const AFTER_TIMES = words(
  `monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march april may june
   july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
   est edt cst cdt mst mdt pst pdt et ct mt pt utc gmt bst cet cest ist jst eastern central mountain pacific greenwich`,
);

/** After these words of German a number with a full stop is the first, the second, the third … */
export const BEFORE_ORDINALS = words("der dem das den des zum zur vom im beim");

/** Months after which a number with a full stop is a day, as German and others write it. */
export const MONTHS = words(
  `januar februar märz april mai juni juli august september oktober november dezember jänner januari februari maj juni
   januar februar marts april maj juni juli august september oktober november december dez okt mrz mär jän`,
);

/** Words that begin sentences and are parts of names hardly ever. */
export const STARTERS = words(
  `the a an i i'm i've i'll i'd it it's he she we we're we'll they they're you you're this that that's these those there
   there's here here's how what what's when where who why which if in on at but and or so then to for from with as after
   before while because although however his her its their our your my let let's please is are was were do does did don't
   can could would will should has have had not now today tomorrow yesterday next finally also another each some many both
   once by under during since until unless though still instead meanwhile otherwise moreover nevertheless`,
);

/** Words that may follow a full stop without a blank, where two texts were put together: none of them is a common name in code. */
export const JOINED_STARTERS = words(
  "the it it's this that these they we you he she i i'm i'll let let's today here mr mrs ms dr but my our your",
);
