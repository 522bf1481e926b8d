import type { Locator } from "@playwright/test";

import type { Management } from "../rigs/management.ts";
import type { Person } from "./person.ts";

/** The parts of a page with figures, as a person finds them. */
export class Figures {
  constructor(
    private readonly person: Person,
    readonly card: Locator,
  ) {}

  /** One of the figures beside each other, by its name. */
  figure(name: string): Locator {
    return this.card.locator("dl.figures > div").filter({ has: this.person.page.getByText(name, { exact: true }) }).locator(".figure");
  }

  get picture(): Locator {
    return this.card.getByRole("img");
  }

  get slider(): Locator {
    return this.card.getByRole("slider");
  }

  /** Opens the table behind the picture and gives its lines: the name of each sample and its figure. */
  async table(): Promise<[string, string][]> {
    const details = this.card.locator("details");
    if (!(await details.evaluate((element) => (element as HTMLDetailsElement).open))) await details.locator("summary").click();
    const lines = await this.card.getByRole("row").allInnerTexts();
    return lines.slice(1).map((line) => line.split("\t").map((cell) => cell.trim()) as [string, string]);
  }
}

/** Someone who opens a page of PingOne with a client of the sandbox. */
export async function opensWith(person: Person, management: Management, path: string): Promise<void> {
  await person.addsConnection({ name: "Mill", provider: "Sandbox", client: management.client });
  await person.follows(path);
}

/** A number as pages write it. */
export function grouped(number: number): string {
  return number.toLocaleString("en-GB");
}

/** A day as pages write it, from a moment of the API. */
export function named(moment: string): string {
  const day = new Date(moment);
  const month = day.toLocaleDateString("en-US", { month: "short", timeZone: "UTC" });
  return `${day.getUTCDate()} ${month} ${day.getUTCFullYear()}`;
}
