"""Word lists of the invented film catalogue. Nobody and nothing in them is meant to exist."""

COUNTRIES = {  # weight of each country; the head is heavy, the tail is long
    'United States': 4400, 'United Kingdom': 860, 'France': 310, 'Canada': 215, 'Germany': 130, 'Australia': 105,
    'Japan': 92, 'India': 74, 'Italy': 70, 'Spain': 58, 'Ireland': 48, 'Hong Kong': 46, 'China': 44, 'South Korea': 42,
    'Mexico': 32, 'Denmark': 31, 'Sweden': 28, 'New Zealand': 27, 'Belgium': 20, 'Norway': 17, 'Brazil': 16,
    'Argentina': 15, 'Iran': 14, 'South Africa': 13, 'Poland': 12, 'Czech Republic': 11, 'Netherlands': 11, 'Russia': 11,
    'Taiwan': 9, 'Austria': 8, 'Hungary': 8, 'Israel': 8, 'Switzerland': 7, 'Finland': 6, 'Greece': 6, 'Turkey': 5,
    'Thailand': 5, 'Iceland': 4, 'Chile': 4, 'Romania': 4, 'Portugal': 3, 'Indonesia': 3, 'Philippines': 3, 'Vietnam': 2,
    "Côte d'Ivoire": 2, 'Bosnia and Herzegovina': 2, 'Trinidad & Tobago': 1, 'Kenya': 1, 'Lebanon': 1, 'Peru': 1,
    'Malta': 1, 'Jamaica': 1, 'Cuba': 1, 'Serbia': 1, 'São Tomé and Príncipe': 1}

GENRES = {
    'Comedy': 2250, 'Action': 1700, 'Drama': 1520, 'Crime': 550, 'Biography': 440, 'Adventure': 425, 'Animation': 340,
    'Horror': 320, 'Fantasy': 44, 'Mystery': 20, 'Thriller': 17, 'Family': 11, 'Romance': 10, 'Sci-Fi': 10, 'Western': 4,
    'Music': 3, 'Musical': 2, 'Sport': 2, 'History': 2}

RATINGS = {'R': 3700, 'PG-13': 2110, 'PG': 1250, 'Not Rated': 280, 'G': 150, 'Unrated': 52, 'NC-17': 23, 'TV-MA': 9,
           'TV-PG': 5, 'X': 3, 'Approved': 1, 'TV-14': 1}
CHILD_RATINGS = {'G': 40, 'PG': 55, 'PG-13': 10, 'Not Rated': 2}

GIVEN_NAMES = '''
Ada Adèle Agnes Aiko Alasdair Alba Aleksi Alma Amara Amir Anatole André Anouk Aoife Araceli Arturo Astrid August Aurélie
Aziz Basil Beatriz Bela Benoît Birgit Björn Blanca Bo Boris Brigid Bruno Callum Camila Carlo Caspar Cecília Chidi Chloé
Ciarán Clara Clement Colette Conrad Corin Cosima Cyrus Dagny Daisuke Damir Darius Delia Desmond Dieter Dmitri Dolores
Doris Edda Edgar Eilidh Eino Elena Eleni Elias Elif Elspeth Emeka Emil Enzo Esra Esther Étienne Eun-ji Ewan Farah Fatima
Felix Fergus Fiona Florian Frances Freya Gael Gaspard Gemma Georgina Gianni Gloria Goran Greta Gudrun Guillermo Gwen
Hadiza Hana Hannes Harriet Hassan Hedda Heloísa Henrik Hilda Hiroshi Hugo Ida Ignacio Ilse Imre Ines Ingrid Irina Isak
Isolde Ivo Jamila Jana Jarek João Joachim Jolanta José Juno Jürgen Kaito Kalinda Karim Katya Keiko Kenji Kirsten Klára
Kofi Lajos Lars Leila Lenka Leonie Lina Ling Lionel Livia Lorcan Lotte Lucía Ludmila Luka Lydia Mabel Magnus Maja Malik
Manuela Marek Margit Mariam Mariko Matteo Maud Mei Mila Milan Minna Miriam Morag Moses Nadia Nesrin Niamh Nikolai Nils
Nina Noor Octavia Olaf Olga Olivier Oona Oskar Otto Ottoline Paloma Pascal Pavel Penelope Per Petra Philippa Piotr Priya
Quentin Rafael Ragnar Ravi Rebecca Renata René Roisin Rolf Rosalind Rufus Saira Salvador Samuel Sanna Saoirse Sebastião
Selma Seo-yeon Sigrid Silas Simone Siobhán Sofía Soren Stella Sunniva Tadeusz Tamar Tatiana Thea Theodor Tilda Tomás
Tove Ulrich Uma Ursula Valentina Vera Viktor Viola Wanda Wei Wilhelm Xavier Yara Yasmin Yusuf Zainab Zdeněk Zoë Zsófia'''.split()

FAMILY_STARTS = '''
Abber Al Ander Arm Ash Bal Bar Beck Bell Berg Black Blom Bor Brack Bram Bright Brun Cal Car Castel Clay Cor Cress Dal
Dar Del Dorn Drum Eber Eck Ell Engel Fair Fal Fen Fern Fjell Fox Gal Gar Glen Gold Gran Grim Gul Hal Ham Har Hart Hav
Hazel Hel Hol Horn Ing Iver Jar Kal Kar Kes King Kirk Kor Lam Lang Laven Lind Lock Lor Lund Mal Mar Mer Mont Mor Nor Oak
Ober Ost Pem Pen Pol Quill Rad Ran Raven Reed Ren Rose Ros Sal San Sel Shaw Sil Sol Stan Stein Sten Stor Tam Tar Thorn
Tor Tran Ul Val Van Ver Vil Wal War Wes West Whit Wil Win Wood Yar Zel'''.split()
FAMILY_ENDS = '''
by berg borg bourne bridge brook burn bury court croft dahl dale den don dorf dottir ell elli ero escu esti ette feld
ford gaard garten gate gren grove hall ham haus haven heim holm hurst ić ides ier iero ikov ina ingham ini ini ington
kamp kov land lau leigh ley lin lind lova low man mann marsh mere mont more nik njak oğlu onen ong ora orno osa osson
otti ova owski poel quist rath ridge rup sby sen sjö ska ski son stad stadt stein ster ston strand strøm sund thal
thorpe ton tveit ulescu vaara vale ville wald ward wick witz wood worth yan yev zyk'''.split()
FAMILY_PARTICLES = [
    "O'", 'Mac', 'de ', 'van ', 'von ', "D'", 'al-', 'da ', 'Ní ', 'St. ']

ADJECTIVES = '''
Amber Ancient Bitter Blind Borrowed Brave Broken Burning Careless Clever Cold Crimson Crooked Cruel Dark Distant Double
Drowned Early Electric Empty Endless Eternal Faithful Fallen False Fatal Final Forgotten Fragile Frozen Gentle Gilded
Golden Grand Guilty Hidden Hollow Honest Hungry Idle Impossible Innocent Invisible Iron Last Late Little Lonely Long
Lost Lucky Mad Merry Midnight Missing Naked Narrow Nervous Northern Paper Patient Perfect Polite Private Quiet Reckless
Restless Rising Rotten Rusty Sacred Second Secret Seven Shallow Silent Silver Sleeping Slow Small Southern Stolen
Strange Sudden Sweet Tender Thirteen Tired Torn Twelve Uncertain Velvet Violent Wandering Wicked Wild Winter Wooden
Young'''.split()

NOUNS = '''
Acrobat Admiral Afternoon Alibi Almanac Ambassador Anchor Angel Apple Apprentice Arcade Archive Arrow Atlas Avenue
Bachelor Baker Ballad Balloon Banquet Bargain Barn Beacon Beekeeper Bell Betrayal Birthday Blizzard Boat Bonfire
Bookshop Border Bride Bridge Brother Butcher Butterfly Cabin Candle Canyon Captain Carnival Carousel Casino Cathedral
Champion Chapel Chemist Choir Circus City Clock Coast Colony Comet Confession Conspiracy Contract Corridor Countess
Courier Crossing Crown Cure Dance Daughter Dawn Debt Detective Diamond Diary Dinner Diplomat Diver Doctor Dragon Dream
Driver Duel Dust Echo Eclipse Elephant Embassy Emperor Engine Envelope Escape Evening Exile Express Factory Falcon
Farewell Feast Ferry Festival Fire Fisherman Flood Forest Fortune Fountain Fox Frontier Fugitive Game Garden General
Ghost Giant Glacier Glove Governor Grandmother Guest Guitar Harbour Harvest Heart Heir Highway Holiday Honeymoon Horizon
Horse Hotel Hour House Hunter Hurricane Icebreaker Identity Inheritance Inspector Interpreter Island Jewel Journey Judge
Jungle Kingdom Kitchen Knife Labyrinth Ladder Lagoon Lake Lantern Lawyer Legend Letter Librarian Lieutenant Lighthouse
Lion Locksmith Lottery Lullaby Machine Magician Mansion Map Marathon Market Mask Masquerade Melody Merchant Mermaid
Messenger Midwife Mill Minister Miracle Mirror Monsoon Monster Moon Morning Mountain Museum Napkin Neighbour Nephew
Night Notebook Nurse Oath Ocean Opera Orchard Orchestra Orphan Outlaw Palace Parade Paradise Parrot Passenger Pearl
Penguin Pharmacist Photograph Pianist Pilgrim Pilot Pirate Planet Plumber Poet Postcard Prince Prisoner Professor
Promise Puppet Quarry Queen Rabbit Radio Railway Rain Rebellion Recipe Referee Refuge Remedy Reunion Revenge Riddle
River Road Robbery Robot Sailor Salesman Satellite Scarecrow School Season Secretary Senator Shadow Shepherd Shipwreck
Signal Singer Sister Skyline Smuggler Snow Soldier Sparrow Spy Stadium Staircase Station Storm Stranger Street Summer
Surgeon Swimmer Tailor Tango Taxi Teacher Telegram Temple Theatre Thief Thunder Tide Tiger Tower Train Traitor Treasure
Trial Tunnel Twin Typewriter Umbrella Uncle Valley Vineyard Violin Visitor Volcano Voyage Waiter Waltz Wedding Whale
Widow Wind Window Witness Wolf Workshop Wreck Yacht'''.split()

PLACES = '''
Aberlour Alderney Antwerp Bergamo Białowieża Bilbao Blåvand Boulder Bratislava Brno Cádiz Calcutta Coimbra Córdoba
Dresden Düsseldorf Elsinore Galway Genoa Göteborg Havana Helsinki Innsbruck İzmir Kraków Kyoto Lausanne Lübeck Malmö
Marrakesh Marseille Montréal Nairobi Odesa Ostend Plzeň Porto Reykjavík Riga Rotterdam Salzburg Sarajevo Seville Tallinn
Tórshavn Trieste Tromsø Uppsala Valparaíso Vilnius Warsaw Zürich Ålesund Østerbro'''.split()

FOREIGN_NAMES = [
    "L'Été à {place}", 'Die Brücke von {place}', 'La Niña de {place}', 'Smørrebrød in {place}', 'Le Garçon et la {noun}',
    'Der letzte Zug nach {place}', 'Señor {noun}', 'Coração de {place}', 'À bout de {noun}', 'Żona z {place}',
    "C'était {place}", 'Ærø', 'Čas v {place}', 'Straße nach {place}', 'Fräulein {noun}']

PHRASES = [
    'Nobody Told {given}', 'Not Before the {noun}', 'All That {adjective} {noun}', 'Anything but {place}',
    'Call Me {given}', 'Come Home, {given}', 'Dinner for a {noun}', "Don't Wake {given}", 'Four Minutes to {place}',
    'Good Night, {given}', 'How to Lose a {noun}', 'I Was a Teenage {noun}', 'If the {noun} Could Talk',
    'It Came from {place}', 'Leaving {place}', 'Me, You & the {noun}', 'Meet Me in {place}', 'My {noun}, My {noun2}',
    'Never Trust a {noun}', 'No {noun} for {given}', 'Once in {place}', 'Run, {given}, Run', 'She Said "{noun}"',
    'So I Married a {noun}', 'Ten Ways to Leave {place}', 'The Trouble with {given}', "There's Something in the {noun}",
    'Waiting for {given}', 'What {given} Knew', 'When {given} Met {given2}', 'Who Killed the {noun}?', 'You Again, {given}!']

# Each appears exactly once. Texts that break careless escaping, type guessing, trimming or number reading.
ODD_NAMES = [
    'I <3 Harbours', 'Love < Money', '<Untitled>', 'Fish & Chips & Vinegar', 'R&amp;R', 'The &nbsp; Conspiracy',
    '"Quote, Unquote"', '1994', '2046 and After', '$9.99', '100%', '12:01', 'PG', 'Null Island', 'Director: Unknown',
    "'Tis", '(Parentheses)', 'Winter (1974)', 'A', 'Up', '¿Quién es?', '¡Vamos!', 'Naïve', 'Crème Brûlée', '北京 Blues', 'Ω',
    'π > 3', 'C:\\Temp', 'a/b', 'Semi;Colon', 'Comma, Comma, Comma', '{{ mustache }}', '%s', 'Who? What? Where?!', '94 min',
    'August 22', 'Comedy', 'Japan', "Rock 'n' Roll <b>Loud</b>",
    'The Extraordinarily Long & Winding Tale of the Ångström Brothers and Their Elephant']

COMPANY_HEADS = '''
Paramour Unison Silverlake Northgate Meridian Bluebird Castlegate Orpheus Lantern Redwood Kestrel Harbourlight Tidewater
Marigold Ironbridge Parallax Moonraker Starling Greyfriars Atlas Copperfield Foxglove Halcyon Juniper Kingfisher
Lodestar Magpie Nightjar Oakapple Pendulum Quicksilver Rosewood Sundial Thistle Undertow Vanguard Wayfarer Yellowhammer
Zephyr Ångström Élan Übermut Señorita Brontë Fjord Crème Ćwikła Paläste Hôtel Müller Łódź Caravel Daguerre Embers
Firebrand Gondola Hopscotch Inkwell Jubilee Kaleidoscope Limelight Mandolin Nocturne Overture Pinwheel Quartz Ricochet
Sextant Tangerine Umbra Vesper Windmill'''.split()
COMPANY_TAILS = [
    'Pictures', 'Films', 'Productions', 'Entertainment', 'Studios', 'Film Company', 'Cinema', 'Media', 'Features',
    'Motion Pictures', 'Film & Television', 'Pictures International', 'Filmproduktion', 'Productions (UK) Ltd.', 'Bros.']
MAJORS = [
    'Universe Pictures', 'Paramour Pictures', 'Warden Bros.', 'Columbine Pictures', 'Sixteenth Century Films',
    'Wonderland Pictures', 'New Lane Cinema', 'Metro-Golden Pictures', 'TriStone Pictures', 'Stonegate', 'Dreamwright',
    'Brightlight Features', 'Miramare', 'Orient Pictures', 'Salt & Pepper Entertainment']
FOREIGN_MAJORS = {'Orient Pictures': 'Hong Kong', 'Miramare': 'Italy', 'Stonegate': 'Canada',
                  'Brightlight Features': 'United Kingdom'}

TAGLINES = [
    'Some {noun}s are better left alone.', 'This summer, meet the {noun}.', 'One {noun}. Two secrets.',
    'In {place}, nobody sleeps.', 'Trust the {noun}.', 'Before the {noun} there was the {noun2}.',
    'From {place} with doubts.', 'Every {noun} has its price.']
