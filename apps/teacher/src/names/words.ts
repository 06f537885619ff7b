/** Sixty-four of each: six bits. All neutral: none is a judgement of a student. */
export const adjectives =
  "Amber Azure Birch Blue Bright Bronze Calm Cedar Clear Clever Cobalt Copper Coral Crimson Crystal Dawn Deep Early Ember Fern Forest Frost Garnet Gentle Golden Granite Green Hazel Indigo Island Ivory Jade Keen Lilac Lively Lunar Maple Marble Mellow Meadow Misty Mossy Noble Northern Ochre Olive Opal Pearl Pine Polar Quick Quiet River Rosy Ruby Rustic Sandy Scarlet Silver Snowy Solar Sunny Teal Violet".split(
    " ",
  );

export const animals =
  "Badger Bear Beaver Bison Bittern Camel Caribou Cheetah Cormorant Crane Cricket Curlew Deer Dolphin Dove Eagle Egret Eider Elk Falcon Ferret Finch Fox Gannet Gazelle Gecko Goose Grebe Hare Hawk Heron Hoopoe Ibex Ibis Jackdaw Jay Kestrel Kingfisher Kite Koala Lark Lemur Linnet Lynx Magpie Marten Merlin Moose Newt Osprey Otter Owl Panda Pelican Plover Puffin Quail Raven Robin Seal Sparrow Swan Tern Wren".split(
    " ",
  );
