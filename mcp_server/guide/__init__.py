"""The guide: pages in plain English, shipped with the product. Start reading at `pages`."""
