// A value that fits a schema, while it is being written: here a scripted model says what a real one would.
import { object, scripted } from "sluice";
import { z } from "zod";

const Recipe = z.object({
  title: z.string(),
  ingredients: z.array(z.object({ name: z.string(), grams: z.number() })),
});

const answer = [
  'Here it is: {"title": "Pan',
  'cakes", "ingredients": [{"name": "flour", "gr',
  'ams": 200}, {"name": "milk", "grams"',
  ": 300}]} Enjoy!",
];
const model = process.env.SLUICE_MODEL ?? scripted([answer, answer, ['{"title": "Pancakes", "ingredients": "flour"}']]);

// Each ingredient as soon as it is complete, then the whole, checked.
const recipe = object(model, Recipe, "How do I make pancakes?");
for await (const { name, grams } of recipe.elements("ingredients")) console.log(`${grams} g of ${name}`);
const { title } = await recipe.object;
console.log(`${title}, asked by ${recipe.mode}`);

// Everything that is known, each time more of it is.
for await (const partial of object(model, Recipe, "Again, please.").partials) console.log(JSON.stringify(partial));

// An answer that does not fit is an error that says where, unless the model may repair it: `{ repair: true }`.
try {
  await object(model, Recipe, "And again.").object;
} catch (error) {
  console.log(`${error.code}, at ${error.field}: ${error.output.text}`);
}
