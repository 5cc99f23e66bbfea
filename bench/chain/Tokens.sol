// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

/// @title The peers' cards: plain tokens with an open mint, nothing of the exchange in them.
contract Card721 is ERC721("Card", "CARD") {
    function mint(address to, uint256 id) external {
        _mint(to, id);
    }
}

contract Card1155 is ERC1155("") {
    function mintBatch(address to, uint256[] calldata ids, uint256[] calldata amounts) external {
        _mintBatch(to, ids, amounts, "");
    }
}

/// @title What Zora asks for royalties: there are none.
contract NoRoyalties {
    function getRoyalty(address, uint256, uint256) external pure returns (address payable[] memory, uint256[] memory) {
        return (new address payable[](0), new uint256[](0));
    }
}
